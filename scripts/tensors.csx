// Vectors, matrices, tensors, and why the matrix product is at the centre of it all. Its notes: tensors.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Layers;

return Script.Run<Options>(Args, "Vectors, matrices, tensors: every line prints an expression and its value.",
    "dotnet script scripts/tensors.csx -- --batch 64 --out pictures", o =>
{
    var (page, key, table) = (new Page(o), new Key(o.Seed), o.Data is null ? Planets : Read(o));
    Tensor v, a, b, u, x, column, row, batch, q, k, values, weights, z;

    page.Section("A tensor is numbers with a shape");
    page.Show(Tensor.Scalar(7).Shape);
    page.Show(v = [1, 2, 3]);
    page.Show(a = Tensor.Of(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
    page.Show(x = Tensor.Range(24).Reshape(2, 3, 4));
    page.Show((x.Rank, x.Shape, x.Size));

    page.Section("Strides say where an element lies: (i, j, k) is i·12 + j·4 + k·1 places from the first");
    page.Show(x.Strides);
    page.Show(x.At(1, 2, 3));
    page.Show(x.Reshape(24).At(1 * 12 + 2 * 4 + 3 * 1));

    page.Section("A view reads the same numbers with other strides: nothing is copied");
    page.Show(a.T);
    page.Show((a.Strides, a.T.Strides, a.T.SharesArrayWith(a)));
    page.Show(a.Reshape(3, 2));                                             // the shape of the transpose, but not its order
    page.Show(a[.., 1]);
    page.Show(a[.., (.., 2)]);                                              // every second column
    page.Show(a[.., (.., 2)].Strides);
    page.Show(a[.., (.., -1)]);                                             // backwards
    page.Show(a[.., (.., -1)].Strides);
    page.Show(x[1, .., 2..].Shape);
    page.Show((x.Permute(2, 0, 1).Shape, x.Permute(2, 0, 1).Strides));
    page.Show(a.T.Reshape(6));                                              // no strides walk like this …
    page.Show(a.T.Reshape(6).SharesArrayWith(a));                           // … so this one copies

    page.Section("Broadcasting: from the last axis on, sizes agree or one of them is 1, which repeats");
    page.Show(column = Tensor.From((4, 1), [0, 10, 20, 30]));
    page.Show(row = Tensor.Range(5));
    page.Show(column + row);
    page.Show(column.BroadcastTo((4, 5)).Strides);                          // a repeated axis has the stride 0
    page.Show(a - a.Mean(0));                                               // every column about its mean
    page.ShowRefused(() => a + row);

    page.Section("A reduction folds axes away");
    page.Show((a.Sum(), a.Sum(0), a.Sum(1)));
    page.Show(a.Mean(1, keep: true));                                       // a kept axis broadcasts back
    page.Show((a.Max(1), a.ArgMax(1)));
    page.Show(x.Sum(0, 2));

    page.Section("The matrix product: every row with every column");
    page.Show(b = Tensor.Of(new float[,] { { 1, 0 }, { 2, 1 }, { 0, 3 } }));
    page.Show(a.MatMul(b));
    page.Show((a[0] * b[.., 1]).Sum());                                     // its element (0, 1)
    page.Show(a[.., ..1] * b[..1] + a[.., 1..2] * b[1..2] + a[.., 2..] * b[2..]);  // the same product, as a sum of outer ones
    page.Show(u = [1, -1]);
    page.Show((a.MatMul(b).MatMul(u), a.MatMul(b.MatMul(u))));              // 16 multiplications and 12: the order is ours to choose

    page.Section("A batched product: the axes before the last two run along");
    page.Show(x.MatMul(Tensor.Ones((4, 5))).Shape);
    page.Show(x.MatMul(x.T).Shape);
    page.Show(x.MatMul(x.T)[1] == x[1].MatMul(x[1].T));

    page.Section("A layer on a batch is one product");
    var p = Init.Linear(key.Fold(0), inputs: 3, outputs: 2);
    page.Show((p.Weight.Shape, p.Bias.Shape));
    page.Show(batch = key.Fold(1).Normal((4, 3)));
    page.Show(Linear(p, batch).Value);                                      // one row an example
    page.Show(Linear(p, batch[2]).Value);                                   // the third alone
    page.Show(Linear(p, batch).Value.IsClose(batch.MatMul(p.Weight.T) + p.Bias));

    page.Section("All heads of attention are one batched product: (B, T, C) is seen as (B, H, T, C/H)");
    Tensor Heads(Tensor t) => t.Reshape(2, 5, 3, 4).Permute(0, 2, 1, 3);
    (q, k, values) = (key.Fold(2).Normal((2, 5, 12)), key.Fold(3).Normal((2, 5, 12)), key.Fold(4).Normal((2, 5, 12)));
    page.Show((Heads(q).Shape, Heads(q).Strides, Heads(q).SharesArrayWith(q)));
    page.Show((weights = Softmax(Heads(q).MatMul(Heads(k).T) / Math.Sqrt(4)).Value).Shape);
    page.Show(weights.MatMul(Heads(values)).Permute(0, 2, 1, 3).Reshape(2, 5, 12).Shape);
    page.Show(weights[0, 1].MatMul(Heads(values)[0, 1]).IsClose(weights.MatMul(Heads(values))[0, 1]));

    page.Section($"A table is a matrix, and all correlations of its columns ({string.Join(", ", table.Names)}) are one product");
    page.Show((z = Standardizer.Of(table.Rows).Apply(table.Rows)).Shape);
    var correlations = page.Show(z.T.MatMul(z) / z.Shape[0]);

    page.Section($"What it costs: a layer of {o.Width} × {4 * (long)o.Width} weights on a batch, and n × n matrices; a multiplication and its addition are one operation");
    Cost Layer(double rows) => Cost.Product(rows, o.Width, 4.0 * o.Width);
    var costs = Powers(o.Batch).Select(n => (Rows: n, Cost: Layer(n))).ToArray();
    o.Table(costs, ("rows in the batch", c => $"{c.Rows}"), ("operations", c => $"{c.Cost.Operations:N0}"),
        ("numbers moved", c => $"{c.Cost.Numbers:N0}"), ("operations a number", c => $"{c.Cost.Intensity:F2}"));
    page.Show(Cost.Product(1024, 1024, 1024).Intensity);
    page.Show(Cost.Sum(1024 * 1024).Intensity);

    o.Save("tensors-broadcast.svg", Chart.Grid(3, Map("column", column.BroadcastTo((4, 5))), Map("row", row.BroadcastTo((4, 5))), Map("column + row", column + row))
        .Titled("Broadcasting: an axis of size 1 repeats").ToSvg());
    o.Save("tensors-correlations.svg", Chart.Titled("Correlations: one product of a table with itself").WithX(Axis.Categories("", table.Names))
        .WithY(Axis.Categories("", table.Names)).HeatMap("correlation", table.Names.Length, table.Names.Length, (i, j) => Math.Round(correlations.At(i, j), 4)).ToSvg());
    o.Save("tensors-intensity.svg", Chart.Titled("How often a number that is moved gets used").WithX(Axis.Log("rows in the batch, or n")).WithY(Axis.Log("operations a number"))
        .Line("n × n product", Sizes, Sizes.Select(n => Cost.Product(n, n, n).Intensity))
        .Line($"layer of {o.Width} × {4 * (long)o.Width}", Sizes, Sizes.Select(n => Layer(n).Intensity))
        .Line("n × n sum", Sizes, Sizes.Select(n => Cost.Sum((double)n * n).Intensity)).ToSvg());

    var (alone, together) = (Layer(1).Intensity, Layer(o.Batch).Intensity);
    o.Print($"For every number moved, a layer of {o.Width} × {4 * (long)o.Width} weights does {alone:F1} operations on a row alone and {together:F1} on {o.Batch} rows in one product.");
    return new { page.Lines, Columns = table.Names, Correlations = Enumerable.Range(0, table.Names.Length).Select(i => correlations[i].ToArray()), Costs = costs.Select(c => new { c.Rows, c.Cost.Operations, c.Cost.Numbers, c.Cost.Intensity }) };
});

record Options : ScriptOptions
{
    [Help("a table of numbers to correlate; eight planets when left out", "FILE")] public string? Data { get; init; }
    [Help("the columns to correlate; all when left out")] public ImmutableArray<string> Features { get; init; } = [];
    [Help("what to do with a row that lacks a value")] public MissingPolicy Missing { get; init; }
    [Help("rows in the largest batch whose cost is counted"), AtLeast(1)] public int Batch { get; init; } = 1024;
    [Help("inputs of the layer whose cost is counted; it has four times as many outputs"), AtLeast(1)] public int Width { get; init; } = 768;
}

// A multiplication and its addition are one operation; every number is moved once, which is the least there can be.
record Cost(double Operations, double Numbers)
{
    public double Intensity => Operations / Numbers;

    public static Cost Product(double m, double k, double n) => new(m * k * n, m * k + k * n + m * n);

    public static Cost Sum(double size) => new(size, 3 * size);
}

static readonly int[] Sizes = [.. Enumerable.Range(0, 13).Select(i => 1 << i)];

static IEnumerable<int> Powers(int most) => Enumerable.Range(0, 16).Select(i => 1L << (2 * i)).TakeWhile(n => n < most).Append(most).Select(n => (int)n);

static Chart Map(string title, Tensor x) => Chart.Titled(title).HeatMap("", x.Shape[0], x.Shape[1], (i, j) => x.At(i, j));

// Distance from the sun (astronomical units), year (in ours), speed (km/s) and mass (in the earth's) of Mercury to Neptune, as logarithms.
static readonly (ImmutableArray<string> Names, Tensor Rows) Planets = (["ln distance", "ln year", "ln speed", "ln mass"], Tensor.From((8, 4), [
    0.387, 0.241, 47.4, 0.0553, 0.723, 0.615, 35.0, 0.815, 1, 1, 29.8, 1, 1.524, 1.881, 24.1, 0.107,
    5.203, 11.86, 13.1, 317.8, 9.537, 29.46, 9.7, 95.2, 19.19, 84.02, 6.8, 14.5, 30.07, 164.8, 5.4, 17.1]).Log());

static (ImmutableArray<string> Names, Tensor Rows) Read(Options o)
{
    var table = Table.Read(o.Data!).OrFail();
    var numbers = table.Numbers(o.Features.IsEmpty ? table.Columns : o.Features, o.Missing).OrFail();
    if (numbers.Columns.FirstOrDefault(c => numbers.Column(c).Any(v => Math.Abs(v) > 1e18)) is { } wild)
        throw new FunctionalLlmException($"{o.Data}: the numbers in column '{wild}' are too large for single precision; expected numbers below 1e18; give them in a larger unit");
    if (numbers.Dropped > 0)
        o.Print($"{numbers.Dropped} of {table.Rows} rows lack a value and were left out.\n");
    var rows = Tensor.From((numbers.Rows, numbers.Columns.Length), numbers.Values);
    var constant = Enumerable.Range(0, numbers.Columns.Length).Where(j => rows[.., j].Min() == rows[.., j].Max()).Select(j => numbers.Columns[j]).ToArray();
    return constant.Length == 0 ? (numbers.Columns, rows) : throw new FunctionalLlmException(
        $"{o.Data}: the column '{constant[0]}' is constant; expected numbers of some spread, or nothing correlates; choose other columns with --features");
}
