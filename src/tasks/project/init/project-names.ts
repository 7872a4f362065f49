/** A project's files, and what they name. */

/** Everything that the files name. */
export interface ProjectNames {
  /** Name of the search, valid in file names. */
  readonly name: string;
  /** The images' folder, absolute or relative to the project's folder `recipes`. */
  readonly images: string;
  /** The device, as a config names it. */
  readonly device: string;
  readonly targetMs: number;
  /** Broken images that may be left out. */
  readonly broken: number;
  /** The command that runs the search, and the one that runs the study. */
  readonly command: string;
  readonly studyCommand: string;
}

export interface ProjectFile {
  readonly name: string;
  readonly content: string;
}
