#pragma once
#include "cell.h"
#include "squash.h"

namespace unroll {

/**
 * Blocks f, g, o. The equations of main/engine/kernels/lstm-coupled.ts, which derives them:
 *
 *   f, o = sigmoid(z)   g = tanh(z)   c = f c' + (1 - f) g   s = tanh(c)   h = o s
 */
FOR_EVERY_MACHINE void forwardLstmCoupled(int H, const ForwardRow &at) {
  FOR_UNITS(j, H) {
    const float f = sigmoid(at.drive[j] + at.recurrent[j] + at.bias[j]);
    const float g = tanh(at.drive[H + j] + at.recurrent[H + j] + at.bias[H + j]);
    const float o = sigmoid(at.drive[2 * H + j] + at.recurrent[2 * H + j] + at.bias[2 * H + j]);
    const float c = f * at.cellBefore[j] + (1 - f) * g;
    const float s = tanh(c);
    at.gates[j] = f;
    at.gates[H + j] = g;
    at.gates[2 * H + j] = o;
    at.cell[j] = c;
    at.kept[j] = s;
    at.hidden[j] = o * s;
  }
}

FOR_EVERY_MACHINE void backwardLstmCoupled(int H, const BackwardRow &at) {
  FOR_UNITS(j, H) {
    const float f = at.gates[j], g = at.gates[H + j], o = at.gates[2 * H + j];
    const float s = at.kept[j];
    const float dh = at.arriving[j] + at.handed[j];
    const float through = dh * (o * tanhSlope(s));
    const float direct = at.carried[j];
    const float dc = direct + through;
    at.total[j] = dh;
    at.cellTotal[j] = dc;
    at.direct[j] = direct;
    at.throughHidden[j] = through;
    at.carried[j] = dc * f;
    at.slopes[j] = dc * (at.cellBefore[j] - g) * sigmoidSlope(f);
    at.slopes[H + j] = dc * (1 - f) * tanhSlope(g);
    at.slopes[2 * H + j] = dh * s * sigmoidSlope(o);
  }
}

const Cell lstmCoupled = {3, 0, true, true, false, forwardLstmCoupled, backwardLstmCoupled};

}  // namespace unroll
