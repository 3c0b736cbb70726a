const TEXTS = {
  ENOENT: "no such file or directory",
  ENOTDIR: "not a directory",
  EISDIR: "is a directory",
  EEXIST: "file exists",
  ENOTEMPTY: "directory not empty",
  EROFS: "read-only file system",
  EACCES: "permission denied",
  EBUSY: "resource busy or locked",
  ELOOP: "too many symbolic links encountered",
  EINVAL: "invalid argument",
};

export type FileErrorCode = keyof typeof TEXTS;

/** An error as Node's fs makes it: `ENOENT: no such file or directory, open '/x'`. */
export class FileError extends Error {
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode, path: string, operation = "open") {
    super(`${code}: ${TEXTS[code]}, ${operation} '${path}'`);
    this.code = code;
  }
}
