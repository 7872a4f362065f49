#!/usr/bin/env bash
# SciPy's weighted Kendall tau gives numbers for NaN, even where every score is NaN.
#
# Guess: with nan_policy='propagate', the default, NaN in gives NaN out. The docstring says so, and kendalltau, spearmanr,
#   theilslopes and linregress do so.
# Truth: weightedtau ranks NaN lowest. A network whose training diverged (accuracy NaN) counts as the worst one, which can
#   give a tau of 1. NaN are not ties with each other: they are ordered by their place in the list, so a predictor that
#   returns NaN for each of five networks scores .76, -.66 or something between, depending on how the truth is sorted.
#   (Scores that are all equal give NaN.)
# Hurts: ranking studies and predictors of networks, where weighted tau is a common measure because the top counts most.
# Ours: stops a training at the first value that is not finite, so no NaN is ranked.
# Seen 2026-11-28: scipy 1.17.1, numpy 2.4.2, Python 3.11.
source "$(dirname "$0")/place.bash"

python_with scipy==1.17.1 numpy==2.4.2
python <<'PY'
import numpy as np
import scipy
from scipy.stats import kendalltau, spearmanr, weightedtau

print('scipy', scipy.__version__, 'numpy', np.__version__)
nan = np.nan
truth = [5, 4, 3, 2, 1]
diverged = [0.91, 0.90, 0.89, 0.88, nan]
plain = kendalltau(diverged, truth).statistic, spearmanr(diverged, truth).statistic
weighted = weightedtau(diverged, truth, nan_policy='propagate').statistic
print('  one NaN at the end: kendalltau and spearmanr', plain, 'weightedtau', weighted)
assert np.isnan(plain).all() and abs(weighted - 1) < 1e-9
nothing = [nan] * 5
for order in (truth, truth[::-1], [3, 5, 1, 2, 4]):
    found = weightedtau(nothing, order).statistic
    print('  all scores NaN, truth', order, 'weightedtau', found)
    assert np.isfinite(found)
best, worst = weightedtau(nothing, truth).statistic, weightedtau(nothing, truth[::-1]).statistic
assert best > 0.7 and worst < -0.5
equal = weightedtau([1.0] * 5, truth).statistic
print('  all scores NaN: kendalltau', kendalltau(nothing, truth).statistic, '; all scores equal: weightedtau', equal)
assert np.isnan(kendalltau(nothing, truth).statistic) and np.isnan(equal)
PY
echo 'as found: NaN has a rank'
