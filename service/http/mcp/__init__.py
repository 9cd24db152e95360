"""The MCP door: the tools ask, search and get_article, over streamable HTTP and over standard input and output."""
