import type { Input, Program } from "../program.ts";
import { command, fileProblem, pathOf } from "./command.ts";
import { bytesOf, readable } from "./sizes.ts";
import { breathe, open } from "./streams.ts";

/** dd [if=FILE] [of=FILE] [bs=N] [count=N], with busybox' words. */
export const dd: Program = command(async (context, args) => {
  const options = Object.fromEntries(args.map((arg) => arg.split(/=(.*)/s)));
  const blockSize = bytesOf(options["bs"] ?? options["ibs"] ?? "512");
  const limit = options["count"] === undefined ? Number.POSITIVE_INFINITY : Number(options["count"]);
  const startedAt = context.clock.now();
  const target = options["of"] && pathOf(options["of"], context);
  let total = 0;
  let blocks = 0;
  try {
    const input = await open(options["if"] ?? "-", context);
    if (target) await context.files.write(target, "");
    const zeros = options["if"] === "/dev/zero" ? Buffer.alloc(Math.min(blockSize, 1 << 20)) : undefined;
    while (blocks < limit) {
      const block = zeros && zeros.byteLength === blockSize ? zeros : await readBlock(input, blockSize);
      if (block.byteLength === 0) break;
      blocks++;
      total += block.byteLength;
      if (target) await context.files.append(target, block);
      else context.stdout(block);
      await breathe(context, blocks);
    }
  } catch (error) {
    const name = (error as { code?: string }).code === "EISDIR" ? options["if"] : (options["of"] ?? options["if"]);
    context.stderr(`dd: can't open '${name}': ${fileProblem(error)}\n`);
    return 1;
  }
  const seconds = Math.max((context.clock.now() - startedAt) / 1000, 0.000_001);
  const records = `${Math.floor(total / blockSize)}+${total % blockSize ? 1 : 0}`;
  context.stderr(`${records} records in\n${records} records out\n`);
  context.stderr(`${total} bytes (${readable(total)}) copied, ${seconds.toFixed(6)} seconds, ${readable(total / seconds)}/s\n`);
  return 0;
});

async function readBlock(input: Input, size: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const chunk = await input.read();
    if (!chunk) break;
    const taken = chunk.subarray(0, size - length);
    input.unread(chunk.subarray(taken.byteLength));
    chunks.push(taken);
    length += taken.byteLength;
  }
  return Buffer.concat(chunks);
}
