/**
 * Something Yoti would refuse (`error`) or that is probably not meant (`warning`). `path` leads to the place in the
 * specification, `fix` says what to do about it.
 */
export interface SpecificationProblem {
  path: (string | number)[];
  message: string;
  severity: 'error' | 'warning';
  fix?: string;
}

/** The place of a problem. */
export type Path = SpecificationProblem['path'];

/** Problems, found one after the other. */
export type Problems = Generator<SpecificationProblem>;

/** Yoti refuses it. */
export function error(path: Path, message: string, fix?: string): SpecificationProblem {
  return { path, message, severity: 'error', ...(fix === undefined ? {} : { fix }) };
}

/** Yoti accepts it, but it is probably not meant. */
export function warning(path: Path, message: string, fix?: string): SpecificationProblem {
  return { ...error(path, message, fix), severity: 'warning' };
}
