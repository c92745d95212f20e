export const cold = [];
