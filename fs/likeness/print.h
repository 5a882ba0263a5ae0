/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints of a canvas, and how their bits lie.
 *
 * Bit (u, v), both 1 to 16, is the sign of the wave that swings u times half a turn over the width
 * and v times over the height. Mirroring turns the signs of odd u (or v) over, turning swaps u and
 * v. So the four words of a print hold the waves of one parity each (word (u odd) + 2 (v odd)), at
 * bit (u-1)/2 + 8 ((v-1)/2), and what a print is in all eight ways is known from the words alone.
 * A word is stored with its lowest byte first.
 */
#ifndef LICENSEFS_LIKENESS_PRINT_H
#define LICENSEFS_LIKENESS_PRINT_H

#include <licensefs/likeness.h>

#include "fs/likeness/canvas.h"

#define LIC_WAVES 16u

/* Takes the prints of a whole canvas. -ENODATA where none tells anything, -EBADMSG where rows are
 * missing, -ENOMEM. */
int lic_canvas_prints(const struct lic_canvas *c, struct lic_likeness *ret, struct lic_error *err)
	_nonnull_(1, 2) _must_check_;

#endif
