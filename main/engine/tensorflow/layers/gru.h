#pragma once
#include "cell.h"
#include "squash.h"

namespace unroll {

/**
 * Blocks r, z, n, reset after the product. The equations of main/engine/kernels/gru.ts, which derives them:
 *
 *   r, z = sigmoid(a)   q = W_hn h' + b_hn   n = tanh(a_n + r q)   h = (1 - z) n + z h'
 */
FOR_EVERY_MACHINE void forwardGru(int H, const ForwardRow &at) {
  FOR_UNITS(j, H) {
    const float r = sigmoid(at.drive[j] + at.recurrent[j] + at.bias[j]);
    const float z = sigmoid(at.drive[H + j] + at.recurrent[H + j] + at.bias[H + j]);
    const float q = at.recurrent[2 * H + j] + at.extra[j];
    const float n = tanh(at.drive[2 * H + j] + at.bias[2 * H + j] + r * q);
    at.gates[j] = r;
    at.gates[H + j] = z;
    at.gates[2 * H + j] = n;
    at.kept[j] = q;
    at.hidden[j] = (1 - z) * n + z * at.hiddenBefore[j];
  }
}

/** `recurrentSlopes` ends in dL/dq where `slopes` ends in dL/da_n. */
FOR_EVERY_MACHINE void backwardGru(int H, const BackwardRow &at) {
  FOR_UNITS(j, H) {
    const float r = at.gates[j], z = at.gates[H + j], n = at.gates[2 * H + j];
    const float dh = at.arriving[j] + at.handed[j] + at.carried[j];
    const float dn = dh * (1 - z) * tanhSlope(n);
    const float dr = dn * at.kept[j] * sigmoidSlope(r);
    const float dz = dh * (at.hiddenBefore[j] - n) * sigmoidSlope(z);
    at.total[j] = dh;
    at.carried[j] = dh * z;
    at.slopes[j] = at.recurrentSlopes[j] = dr;
    at.slopes[H + j] = at.recurrentSlopes[H + j] = dz;
    at.slopes[2 * H + j] = dn;
    at.recurrentSlopes[2 * H + j] = dn * r;
  }
}

const Cell gru = {3, 1, false, true, true, forwardGru, backwardGru};

}  // namespace unroll
