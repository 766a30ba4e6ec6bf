#pragma once
#include "cell.h"
#include "squash.h"

namespace unroll {

/**
 * Blocks i, f, g, o. The equations of main/engine/kernels/lstm.ts, which derives them:
 *
 *   i, f, o = sigmoid(z)   g = tanh(z)   c = f c' + i g   s = tanh(c)   h = o s
 */
FOR_EVERY_MACHINE void forwardLstm(int H, const ForwardRow &at) {
  FOR_UNITS(j, H) {
    const float i = sigmoid(at.drive[j] + at.recurrent[j] + at.bias[j]);
    const float f = sigmoid(at.drive[H + j] + at.recurrent[H + j] + at.bias[H + j]);
    const float g = tanh(at.drive[2 * H + j] + at.recurrent[2 * H + j] + at.bias[2 * H + j]);
    const float o = sigmoid(at.drive[3 * H + j] + at.recurrent[3 * H + j] + at.bias[3 * H + j]);
    const float c = f * at.cellBefore[j] + i * g;
    const float s = tanh(c);
    at.gates[j] = i;
    at.gates[H + j] = f;
    at.gates[2 * H + j] = g;
    at.gates[3 * H + j] = o;
    at.cell[j] = c;
    at.kept[j] = s;
    at.hidden[j] = o * s;
  }
}

FOR_EVERY_MACHINE void backwardLstm(int H, const BackwardRow &at) {
  FOR_UNITS(j, H) {
    const float i = at.gates[j], f = at.gates[H + j], g = at.gates[2 * H + j], o = at.gates[3 * H + j];
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
    at.slopes[j] = dc * g * sigmoidSlope(i);
    at.slopes[H + j] = dc * at.cellBefore[j] * sigmoidSlope(f);
    at.slopes[2 * H + j] = dc * i * tanhSlope(g);
    at.slopes[3 * H + j] = dh * s * sigmoidSlope(o);
  }
}

const Cell lstm = {4, 0, true, true, false, forwardLstm, backwardLstm};

}  // namespace unroll
