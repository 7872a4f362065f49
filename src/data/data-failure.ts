import { Failure } from '#core/failure';

/** A failure of kind `data` at a file: `FILE: MESSAGE`, exit code 4. */
export function dataFailure(file: string, message: string, remedy?: string): Failure {
  return new Failure('data', { file, message }, remedy);
}
