#!/usr/bin/env bash
# Pillow shifts the rows of one image by two different distances.
#
# Guess: a translation by `Image.transform(AFFINE)` with nearest neighbours moves all rows by the same whole number of
#   pixels.
# Truth: it adds up positions row by row in floating point, so a shift whose pixel centres fall next to a boundary tips over
#   in the middle of the image: a shift of 300 rows by -121.50000000000001 moves the first rows by 121 and the last by 122,
#   and one source row is lost between them. A shift by a number of whole pixels is right everywhere.
# Hurts: RandAugment's translations are fractions (150 / 331 of the size by torchvision) and land there; and whoever compares
#   two implementations of an augmentation bit by bit.
# Ours: adds up positions in the same order, so that the bytes equal Pillow's (src/data/images/augment/affine.ts).
# Seen 2026-11-28: Pillow 13.0.0, numpy 2.4.2.
source "$(dirname "$0")/place.bash"

python_with pillow==13.0.0 numpy==2.4.2
python <<'PY'
import numpy as np
import PIL
from PIL import Image

print('Pillow', PIL.__version__)
rows = np.repeat(np.arange(300, dtype=np.uint16)[:, None], 4, 1)

def moved(shift):
    """The distance by which each row of an image moves that stays inside it."""
    parts = [Image.fromarray((rows >> bits & 255).astype(np.uint8)) for bits in (0, 8)]
    data = (1, 0, 0, 0, 1, shift)
    low, high = [np.asarray(part.transform(part.size, Image.Transform.AFFINE, data, Image.Resampling.NEAREST, fillcolor=255))
                 for part in parts]
    source = (low.astype(int) + 256 * high.astype(int))[:, 0]
    inside = source < 300
    return sorted(set((np.arange(300) - source)[inside].tolist()))

for shift in (-121.0, -121.3, -121.50000000000001):
    print(f'  shift {shift!r}: rows move by {moved(shift)}')
assert moved(-121.0) == [121] and moved(-121.3) == [121]
assert moved(-121.50000000000001) == [121, 122]
PY
echo 'as found: rows of one image move by different distances'
