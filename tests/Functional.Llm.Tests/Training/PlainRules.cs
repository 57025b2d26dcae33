namespace Functional.Llm.Tests.Training;

/// <summary>Update rules as their papers have them: in double precision, number by number, one loop after the other.</summary>
static class PlainRules
{
    /// <summary>A parameter with its moments.</summary>
    public sealed class State(double[] parameter)
    {
        public double[] Parameter { get; } = parameter;

        public double[] First { get; } = new double[parameter.Length];

        public double[] Second { get; } = new double[parameter.Length];
    }

    public static void AdamW(State s, double[] gradient, int step, double rate, double beta1, double beta2, double epsilon, double decay)
    {
        for (var i = 0; i < gradient.Length; i++)
        {
            s.First[i] = beta1 * s.First[i] + (1 - beta1) * gradient[i];
            s.Second[i] = beta2 * s.Second[i] + (1 - beta2) * gradient[i] * gradient[i];
            var mean = s.First[i] / (1 - Math.Pow(beta1, step + 1));
            var square = s.Second[i] / (1 - Math.Pow(beta2, step + 1));
            s.Parameter[i] -= rate * decay * s.Parameter[i];
            s.Parameter[i] -= rate * mean / (Math.Sqrt(square) + epsilon);
        }
    }

    public static void Lion(State s, double[] gradient, double rate, double beta1, double beta2, double decay)
    {
        for (var i = 0; i < gradient.Length; i++)
        {
            var direction = beta1 * s.First[i] + (1 - beta1) * gradient[i];
            s.Parameter[i] -= rate * (Math.Sign(direction) + decay * s.Parameter[i]);
            s.First[i] = beta2 * s.First[i] + (1 - beta2) * gradient[i];
        }
    }

    public static void Muon(State s, int rows, int columns, double[] gradient, double rate, double momentum, double decay)
    {
        var update = new double[rows, columns];
        for (var i = 0; i < gradient.Length; i++)
        {
            s.First[i] = momentum * s.First[i] + (1 - momentum) * gradient[i];
            update[i / columns, i % columns] = momentum * s.First[i] + (1 - momentum) * gradient[i];
        }

        var direction = NewtonSchulz(update);
        for (var i = 0; i < gradient.Length; i++)
        {
            s.Parameter[i] *= 1 - rate * decay;
            s.Parameter[i] -= rate * Math.Sqrt(Math.Max(1, (double)rows / columns)) * direction[i / columns, i % columns];
        }
    }

    /// <summary>As published: the matrix is laid on its side where it is tall.</summary>
    public static double[,] NewtonSchulz(double[,] matrix)
    {
        if (matrix.GetLength(0) > matrix.GetLength(1))
            return Transposed(NewtonSchulz(Transposed(matrix)));
        double sum = 0;
        foreach (var e in matrix)
            sum += e * e;
        var x = Combined(matrix, 1 / (Math.Sqrt(sum) + 1e-7), matrix, 0);
        for (var i = 0; i < 5; i++)
        {
            var a = Product(x, Transposed(x));
            x = Combined(x, 3.4445, Product(Combined(a, -4.7750, Product(a, a), 2.0315), x), 1);
        }

        return x;
    }

    public static double[,] Product(double[,] a, double[,] b)
    {
        var c = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < c.GetLength(0); i++)
        {
            for (var j = 0; j < c.GetLength(1); j++)
            {
                for (var k = 0; k < a.GetLength(1); k++)
                    c[i, j] += a[i, k] * b[k, j];
            }
        }

        return c;
    }

    public static double[,] Transposed(double[,] x)
    {
        var y = new double[x.GetLength(1), x.GetLength(0)];
        for (var i = 0; i < y.GetLength(0); i++)
        {
            for (var j = 0; j < y.GetLength(1); j++)
                y[i, j] = x[j, i];
        }

        return y;
    }

    static double[,] Combined(double[,] x, double a, double[,] y, double b)
    {
        var z = new double[x.GetLength(0), x.GetLength(1)];
        for (var i = 0; i < z.GetLength(0); i++)
        {
            for (var j = 0; j < z.GetLength(1); j++)
                z[i, j] = a * x[i, j] + b * y[i, j];
        }

        return z;
    }
}
