/** Whether an order can rest at a price: finite and above zero. */
export const isPrice = (price: number): boolean => price > 0 && price < Infinity
