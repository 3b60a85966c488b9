import { MhoError } from "#protocol";

/** A package that only benches need, or PACKAGE_MISSING. */
export async function loaded<T>(name: string, load: () => Promise<T>): Promise<T> {
  return load().catch((cause: { code?: string }) => {
    if (cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new MhoError("PACKAGE_MISSING", { name }, { cause });
  });
}
