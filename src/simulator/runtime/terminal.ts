import type { Signal, Sink, Terminal } from "../programs/program.ts";
import type { BytePipe } from "../programs/byte-pipe.ts";

const BACKSPACES = new Set(["\x7f", "\b"]);

/**
 * The kernel's part of a terminal (termios in canonical mode): echoes what is typed, gives the program whole lines, turns keys
 * into signals, and line ends into what a screen wants. Set to raw, it passes keys on as they are.
 */
export class LineDiscipline implements Terminal {
  columns = 80;
  rows = 24;
  raw = false;
  readonly #input: BytePipe;
  readonly #screen: Sink;
  readonly #interrupt: (signal: Signal) => void;
  readonly #resized = new Set<(size: { columns: number; rows: number }) => void>();
  #line: string[] = [];
  #decoder = new TextDecoder();

  /** `input` goes to the program, `screen` to whoever looks on; `interrupt` tells the programs of the terminal. */
  constructor(options: { input: BytePipe; screen: Sink; interrupt: (signal: Signal) => void }) {
    this.#input = options.input;
    this.#screen = options.screen;
    this.#interrupt = options.interrupt;
  }

  onResize(listen: (size: { columns: number; rows: number }) => void): void {
    this.#resized.add(listen);
  }

  resize(size: { columns: number; rows: number }): void {
    this.columns = size.columns;
    this.rows = size.rows;
    for (const listen of this.#resized) listen(size);
  }

  /** What a program prints. */
  readonly print: Sink = (chunk) =>
    this.#screen(Buffer.from(Buffer.from(chunk).toString("latin1").replaceAll("\n", "\r\n"), "latin1"));

  /** Keys as they come from the client. */
  type(chunk: Uint8Array): void {
    if (this.raw) return this.#put(chunk);
    for (const key of this.#decoder.decode(chunk, { stream: true })) this.#press(key);
  }

  /** The client has gone. */
  hangUp(): void {
    this.#input.end();
  }

  #press(key: string): void {
    if (key === "\r" || key === "\n") {
      this.#echo("\r\n");
      this.#line.push("\n");
      this.#give();
    } else if (key === "\x03") {
      this.#echo("^C");
      this.#line = [];
      this.#interrupt("SIGINT");
    } else if (key === "\x04") {
      if (this.#line.length === 0) this.#input.endOfFile();
      else this.#give();
    } else if (BACKSPACES.has(key)) {
      this.#erase(1);
    } else if (key === "\x15") {
      this.#erase(this.#line.length);
    } else if (key === "\x17") {
      const blank = this.#line.findLastIndex((one) => one.trim() !== "");
      const start = this.#line.slice(0, blank + 1).findLastIndex((one) => one.trim() === "");
      this.#erase(this.#line.length - start - 1);
    } else {
      this.#line.push(key);
      this.#echo(key === "\t" || key >= " " ? key : `^${String.fromCharCode(key.charCodeAt(0) + 64)}`);
    }
  }

  #erase(count: number): void {
    for (const key of this.#line.splice(this.#line.length - Math.min(count, this.#line.length))) {
      this.#echo(key < " " ? "\b \b\b \b" : "\b \b");
    }
  }

  #give(): void {
    const line = this.#line.join("");
    this.#line = [];
    this.#put(Buffer.from(line));
  }

  /** Keys that are pressed when the program has ended are lost, as on any terminal. */
  #put(bytes: Uint8Array): void {
    this.#input.write(bytes).catch(() => {});
  }

  #echo(text: string): void {
    void this.#screen(Buffer.from(text));
  }
}
