/** Datasets of sequences. */
export const dataEn = {
  /** Rows of a dataset, by what they are. */
  rowsOf: {
    tokens: (n: string) => `${n} token sequences`,
    numbers: (n: string) => `${n} number sequences`,
  },
}
