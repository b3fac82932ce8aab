// What a cart must look like before anybody is asked about it.

export interface CartItem {
  sku: string;
  quantity: number;
}

export interface Cart {
  token: string;
  items: CartItem[];
}

export interface Fault {
  fault: string;
}

// Two calls a line, and the script may make 100.
const MOST_LINES = 20;
const MOST_OF_ONE = 1000;

// The cart, or what is wrong with it. Lines of the same item become one.
export function readCart(method: string, body: any): Cart | Fault {
  if (method !== "POST") {
    return { fault: "Send the cart with a POST." };
  }

  const { token, items } = body ?? {};
  if (!Array.isArray(items) || items.length === 0 || items.length > MOST_LINES) {
    return { fault: `items must be a list of 1 to ${MOST_LINES} lines.` };
  }

  const quantities = new Map<string, number>();
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
