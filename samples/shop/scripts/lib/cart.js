// What a cart must look like before anybody is asked about it.

// Two calls a line, and the script may make 100.
const MOST_LINES = 20;
const MOST_OF_ONE = 1000;

// {token, items}, or {fault} that says what is wrong. Lines of the same item become one.
export function readCart(req) {
  if (req.method !== "POST") {
    return { fault: "Send the cart with a POST." };
  }

  const { token, items } = req.body ?? {};
  if (!Array.isArray(items) || items.length === 0 || items.length > MOST_LINES) {
    return { fault: `items must be a list of 1 to ${MOST_LINES} lines.` };
  }

  const quantities = new Map();
  for (const [index, item] of items.entries()) {
    const { sku, quantity } = item ?? {};
    if (typeof sku !== "string" || sku === "") {
      return { fault: `items[${index}].sku must be a text.` };
    }

    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MOST_OF_ONE) {
      return { fault: `items[${index}].quantity must be a whole number from 1 to ${MOST_OF_ONE}.` };
    }

    quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  }

  const merged = [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
  return { token: typeof token === "string" ? token : "", items: merged };
}
