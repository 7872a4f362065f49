/** The number of seeds of a statistical test: few in `npm test`, all of them in `npm run proof:convergence`. */
export function seedCount(few: number, all: number): number {
  return process.env['MNV4_ALL_SEEDS'] === '1' ? all : few;
}
