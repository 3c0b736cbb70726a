import type { ProgramContext } from "../program.ts";
import { expandPath } from "../shell/patterns.ts";
import { ConfigFault, parseConfig } from "./config.ts";
import { configure, type Configuration } from "./server-config.ts";

/** Reads a configuration with all it includes. Throws a ConfigFault. */
export async function loadConfiguration(
  path: string,
  { files }: ProgramContext,
): Promise<{ configuration: Configuration; foreground: boolean }> {
  if ((await files.stat(path))?.kind !== "file") throw new ConfigFault(`open() "${path}" failed (2: No such file or directory)`);
  // Includes are found before parsing: the parser itself waits for nothing.
  const included = new Map<string, readonly (readonly [file: string, text: string])[]>();
  const gather = async (text: string): Promise<void> => {
    for (const [, pattern] of text.matchAll(/(?:^|[\s;{}])include\s+"?([^;"\s]+)"?\s*;/g)) {
      if (included.has(pattern!)) continue;
      const absolute = pattern!.startsWith("/") ? pattern! : `/etc/nginx/${pattern}`;
      const names = /[*?[]/.test(absolute) ? await expandPath(absolute, "/", files) : [absolute];
      const found: (readonly [file: string, text: string])[] = [];
      included.set(pattern!, found);
      for (const name of names) {
        if ((await files.stat(name))?.kind !== "file")
          throw new ConfigFault(`open() "${name}" failed (2: No such file or directory)`);
        const content = String(await files.read(name));
        found.push([name, content]);
        await gather(content);
      }
    }
  };
  const text = String(await files.read(path));
  await gather(text);
  const directives = parseConfig(text, path, (pattern) => included.get(pattern) ?? []);
  const foreground = directives.some(({ name, args }) => name === "daemon" && args[0] === "off");
  return { configuration: configure(directives), foreground };
}
