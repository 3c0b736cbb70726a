import type { DialError } from "../../network/network.ts";
import type { ProgramContext } from "../program.ts";

/** Why a connection failed, as libc says it. */
export const connectProblem = ({ code }: DialError): string =>
  ({ ECONNREFUSED: "Connection refused", EHOSTUNREACH: "No route to host", ETIMEDOUT: "Connection timed out" })[code];

/** busybox' answer to a command line it does not understand. */
export function usage(context: ProgramContext, line: string, purpose: string): number {
  context.stderr(`BusyBox v1.36.1 (2024-09-26 21:31:42 UTC) multi-call binary.\n\nUsage: ${line}\n\n${purpose}\n`);
  return 1;
}
