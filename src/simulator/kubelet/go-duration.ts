/** A duration as Go prints it: `10s`, `2m40s`, `1.234s`, `850ms`. Takes milliseconds, drops what is smaller. */
export function goDuration(ms: number): string {
  const whole = Math.trunc(ms);
  if (whole < 1000) return whole === 0 ? "0s" : `${whole}ms`;
  const hours = Math.trunc(whole / 3_600_000);
  const minutes = Math.trunc((whole % 3_600_000) / 60_000);
  const seconds = (whole % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
