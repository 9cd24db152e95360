/** The part of the address after `#`: which conversation is open, and which characters of which article. */

/** `{conversation, article: {article_id, start, end}}`, each null where the address names none. */
export function route() {
  const named = new URLSearchParams(location.hash.slice(1));
  const [start, end] = ["start", "end"].map((name) => Math.max(0, Number.parseInt(named.get(name), 10) || 0));
  const article = named.get("article");
  return {
    conversation: named.get("conversation"),
    article: article ? { article_id: article, start, end: Math.max(start, end) } : null,
  };
}

export const conversationLink = (id) => `#conversation=${encodeURIComponent(id)}`;

export const articleLink = ({ article_id, start, end }) =>
  `#${new URLSearchParams({ article: article_id, start, end })}`;

/** Names the conversation in the address without a step in the browser's history. */
export const showConversation = (id) => history.replaceState(null, "", id ? conversationLink(id) : location.pathname);
