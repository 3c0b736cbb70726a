/** Replaces `$(NAME)`; `$$(NAME)` stays `$(NAME)`, and so does a name nobody knows (third_party/forked/golang/expansion). */
export const expand = (text: string, lookUp: (name: string) => string | undefined): string =>
  text.replaceAll(/\$(\$|\(([^)]*)\))/g, (match, escaped: string, name: string | undefined) =>
    escaped === "$" ? "$" : (lookUp(name ?? "") ?? match),
  );
