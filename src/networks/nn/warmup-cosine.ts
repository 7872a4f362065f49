/** Linear warm-up to `peak`, then cosine to 0 at the last step (Loshchilov and Hutter 2017, arXiv:1608.03983). */
export function warmupCosine(peak: number, steps: number, warmupSteps: number): (step: number) => number {
  return (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
    return (peak * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
  };
}
