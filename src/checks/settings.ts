import type { CourseImage } from "../course/course.ts";

/** What texts, checks and actions may name without a cluster: `{{ns}}`, `{{images.app}}`, `{{images.app.path}}`. */
export interface Settings {
  namespace: string;
  images: Readonly<Record<string, CourseImage>>;
}

/** Undefined when there is no such setting. */
export function settingValue(name: string, { namespace, images }: Settings): string | undefined {
  if (name === "ns") return namespace;
  const [, image = "", field = "image"] = name.split(".");
  return images[image]?.[field as keyof CourseImage];
}

/** A text with its settings filled in; what is none stays as it is. */
export function fillSettings(text: string, settings: Settings): string {
  return text.replaceAll(/\{\{\s*(.+?)\s*\}\}/g, (whole, name: string) => settingValue(name, settings) ?? whole);
}
