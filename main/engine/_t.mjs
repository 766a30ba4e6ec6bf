const t0 = performance.now()

import * as tf from '@tensorflow/tfjs'
import * as wasm from '@tensorflow/tfjs-backend-wasm'

console.log(Object.keys(tf).length, typeof tf.grad, typeof wasm.setWasmPaths)
await tf.setBackend('wasm')
await tf.ready()
console.log(tf.getBackend(), performance.now() - t0)
const a = tf.variable(tf.ones([2, 3]))
console.log(
  tf
    .grad((x) => tf.sum(tf.tanh(x)))(a)
    .dataSync(),
)
// lstm timing
const T = 50,
  B = 32,
  D = 2,
  H = 32
function bench(mm, label) {
  const Wih = tf.randomNormal([4 * H, D]),
    Whh = tf.randomNormal([4 * H, H], 0, 0.1),
    b = tf.zeros([4 * H]),
    x = tf.randomNormal([T * B, D]),
    Wo = tf.randomNormal([1, H]),
    y = tf.randomNormal([B, 1])
  const f = (Wih, Whh, b, Wo) => {
    const xp = tf.add(tf.matMul(x, Wih, false, true), b).reshape([T, B, 4 * H])
    const xs = tf.unstack(xp)
    let h = tf.zeros([B, H]),
      c = tf.zeros([B, H])
    const WhhT = tf.transpose(Whh)
    for (let t = 0; t < T; t++) {
      const z = tf.add(xs[t], mm(h, WhhT, Whh))
      const [i, f, g, o] = tf.split(z, 4, 1)
      c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)))
      h = tf.mul(tf.sigmoid(o), tf.tanh(c))
    }
    return tf.mean(tf.square(tf.sub(tf.matMul(h, Wo, false, true), y)))
  }
  const g = tf.grads(f)
  const run = () =>
    tf.tidy(() => {
      const r = g([Wih, Whh, b, Wo])
      r[1].dataSync()
    })
  for (let k = 0; k < 5; k++) run()
  const t = performance.now()
  for (let k = 0; k < 20; k++) run()
  console.log(label, (performance.now() - t) / 20)
}
bench((h, wt) => tf.matMul(h, wt), 'plain')
const mmc = tf.customGrad((h, wt, w, save) => {
  save([h, w])
  return {
    value: tf.matMul(h, wt),
    gradFunc: (dy, [h, w]) =>
      [() => tf.matMul(dy, w), () => tf.matMul(tf.transpose(h), dy), () => tf.zerosLike(w)].map((f) => f()),
  }
})
const lin = tf.customGrad((h, wt, save) => {
  save([h, wt])
  return {
    value: tf.matMul(h, wt),
    gradFunc: (dy, [h, wt]) => [tf.matMul(dy, tf.transpose(wt)), tf.matMul(tf.transpose(h), dy)],
  }
})
bench((h, wt) => lin(h, wt), 'custom transposes')
