/** Small dense symmetric matrices, row by row. */
export type Matrix = number[][];

export function zeros(size: number): Matrix {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0));
}

/** L with L × Lᵀ = the matrix (Cholesky); undefined if it is not positive definite. */
export function lowerTriangle(matrix: Matrix): Matrix | undefined {
  const size = matrix.length;
  const lower = zeros(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i !== j) lower[i]![j] = sum / lower[j]![j]!;
      else if (sum > 0) lower[i]![i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/** The inverse of a positive definite matrix; undefined if it is not positive definite. */
export function inverse(matrix: Matrix): Matrix | undefined {
  const size = matrix.length;
  const lower = lowerTriangle(matrix);
  if (!lower) return undefined;
  const result = zeros(size);
  for (let column = 0; column < size; column++) {
    const y: number[] = [];
    for (let i = 0; i < size; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = 0; k < i; k++) sum -= lower[i]![k]! * y[k]!;
      y.push(sum / lower[i]![i]!);
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = y[i]!;
      for (let k = i + 1; k < size; k++) sum -= lower[k]![i]! * result[k]![column]!;
      result[i]![column] = sum / lower[i]![i]!;
    }
  }
  return result;
}

export function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i]!, 0));
}

export function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}
