/** Whether an error is the operating system's, of that name: `ENOENT`, `EEXIST`. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
