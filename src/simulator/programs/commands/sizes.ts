/** `1M`, `64k`, `2MB`. */
export function bytesOf(text: string): number {
  const [, digits = "0", unit = ""] = /^(\d+)([kKmMgGbcw]?)B?$/.exec(text) ?? [];
  const factor = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, b: 512, w: 2, c: 1 }[unit.toLowerCase()] ?? 1;
  return Number(digits) * factor;
}

/** `1.0MB` */
export function readable(bytes: number): string {
  const units = ["", "KB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return power === 0 ? `${Math.round(bytes)}B` : `${(bytes / 1024 ** power).toFixed(1)}${units[power]}`;
}
