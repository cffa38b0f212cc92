// The text of a comment: written as plain text or as HTML, read as both, and blotted out when it must not be kept. Pure.

export interface CommentText {
  body: string;
  html_body: string;
  plain_body: string;
  public: boolean;
}

/** A comment in an update or a new ticket; null when there is nothing in it, which the vendor treats as no comment. */
export function readComment(value: unknown): CommentText | null {
  if (typeof value === "string") return value ? fromText(value, true) : null;
  if (typeof value !== "object" || value === null) return null;
  const { body, html_body, public: visible } = value as { body?: unknown; html_body?: unknown; public?: unknown };
  const isPublic = visible !== false && visible !== "false";
  if (typeof html_body === "string" && html_body.trim()) {
    const plain = plainOf(html_body);
    return { body: plain, html_body: `<div class="zd-comment" dir="auto">${html_body}</div>`, plain_body: plain, public: isPublic };
  }
  return typeof body === "string" && body.trim() ? fromText(body, isPublic) : null;
}

const BLOT = "▇";

/** Each occurrence of `text` becomes as many black squares as it has characters. */
export function redact<T extends { body: string; html_body: string; plain_body: string }>(comment: T, text: string): T {
  const blot = BLOT.repeat([...text].length);
  const html = comment.html_body.replaceAll(escapeHtml(text), blot);
  return { ...comment, body: comment.body.replaceAll(text, blot), html_body: html, plain_body: comment.plain_body.replaceAll(text, blot) };
}

function fromText(body: string, isPublic: boolean): CommentText {
  const paragraphs = escapeHtml(body)
    .split(/\n{2,}/)
    .map((part) => `<p dir="auto">${part.replaceAll("\n", "<br>")}</p>`);
  return { body, html_body: `<div class="zd-comment" dir="auto">${paragraphs.join("")}</div>`, plain_body: body, public: isPublic };
}

function plainOf(html: string): string {
  const text = html.replace(/<br\s*\/?>|<\/p>\s*<p[^>]*>/gi, "\n").replace(/<[^>]*>/g, "");
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .trim();
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
