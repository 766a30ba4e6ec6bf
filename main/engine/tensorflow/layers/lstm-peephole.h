#pragma once
#include "cell.h"
#include "squash.h"

namespace unroll {

/**
 * Blocks i, f, g, o; `extra` holds w_ci, w_cf, w_co. The equations of main/engine/kernels/lstm-peephole.ts, which
 * derives them:
 *
 *   i = sigmoid(z_i + w_ci c')   f = sigmoid(z_f + w_cf c')   g = tanh(z_g)
 *   c = f c' + i g               o = sigmoid(z_o + w_co c)    s = tanh(c)   h = o s
 */
FOR_EVERY_MACHINE void forwardLstmPeephole(int H, const ForwardRow &at) {
  FOR_UNITS(j, H) {
    const float before = at.cellBefore[j];
    const float zi = at.drive[j] + at.recurrent[j] + at.bias[j];
    const float zf = at.drive[H + j] + at.recurrent[H + j] + at.bias[H + j];
    const float zg = at.drive[2 * H + j] + at.recurrent[2 * H + j] + at.bias[2 * H + j];
    const float zo = at.drive[3 * H + j] + at.recurrent[3 * H + j] + at.bias[3 * H + j];
    const float i = sigmoid(zi + at.extra[j] * before);
    const float f = sigmoid(zf + at.extra[H + j] * before);
    const float g = tanh(zg);
    const float c = f * before + i * g;
    const float o = sigmoid(zo + at.extra[2 * H + j] * c);
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

FOR_EVERY_MACHINE void backwardLstmPeephole(int H, const BackwardRow &at) {
  FOR_UNITS(j, H) {
    const float i = at.gates[j], f = at.gates[H + j], g = at.gates[2 * H + j], o = at.gates[3 * H + j];
    const float s = at.kept[j];
    const float dh = at.arriving[j] + at.handed[j];
    const float dzo = dh * s * sigmoidSlope(o);
    const float through = dh * (o * tanhSlope(s)) + dzo * at.extra[2 * H + j];
    const float direct = at.carried[j];
    const float shown = at.shown[j];
    const float dc = direct + shown + through;
    const float dzi = dc * g * sigmoidSlope(i);
    const float dzf = dc * at.cellBefore[j] * sigmoidSlope(f);
    at.total[j] = dh;
    at.cellTotal[j] = dc;
    at.direct[j] = direct;
    at.throughHidden[j] = through;
    at.throughPeepholes[j] = shown;
    at.carried[j] = dc * f;
    at.shown[j] = dzi * at.extra[j] + dzf * at.extra[H + j];
    at.slopes[j] = dzi;
    at.slopes[H + j] = dzf;
    at.slopes[2 * H + j] = dc * i * tanhSlope(g);
    at.slopes[3 * H + j] = dzo;
  }
}

const Cell lstmPeephole = {4, 3, true, true, false, forwardLstmPeephole, backwardLstmPeephole};

}  // namespace unroll
