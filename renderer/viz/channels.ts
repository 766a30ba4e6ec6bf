/**
 * How channels of one series are told apart: the hues that are distinct under every colour deficiency, in an order of
 * their own, each with a dash. A single channel is ink.
 */
const lines = [
  { colour: 'var(--lstm)', dash: '' },
  { colour: 'var(--rnn)', dash: '5 2' },
  { colour: 'var(--gru)', dash: '1.5 1.5' },
  { colour: 'var(--custom)', dash: '7 2 1.5 2' },
] as const

export const channelsShown = lines.length

export function channelLine(channel: number, channels: number): { readonly colour: string; readonly dash: string } {
  return (channels > 1 && lines[channel]) || { colour: 'var(--ink-2)', dash: '' }
}
