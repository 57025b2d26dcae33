// Vectors, matrices, tensors, and why the matrix product is at the centre of it all. Its notes: tensors.md.
#load "prelude.csx"
#nullable enable
using System.Collections.Immutable;
using Functional.Llm;
using static Functional.Llm.Layers;

return Script.Run<Options>(Args, "Vectors, matrices, tensors: every line prints an expression and its value.",
    "dotnet script scripts/tensors.csx -- --batch 64 --out pictures", o =>
{
    var (page, key, rows) = (new Page(o), new Key(o.Seed), o.Read(Script.Beside("data/planets.csv"), o.Features).WhereVary().OrFail());
    Tensor v, a, b, x, column, row, batch, q, k, values, weights, z;

    page.Section("A tensor is numbers with a shape");
    page.Show(v = [1, 2, 3]);
    page.Show(a = Tensor.Of(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
    page.Show(x = Tensor.Range(24).Reshape(2, 3, 4));
    page.Show((v.Shape, a.Shape, x.Shape, Tensor.Scalar(7).Shape));

    page.Section("Strides say where an element lies: (i, j, k) is i·12 + j·4 + k·1 places from the first");
    page.Show(x.Strides);
    page.Show((x.At(1, 2, 3), x.Reshape(24).At(1 * 12 + 2 * 4 + 3 * 1)));

    page.Section("A view reads the same numbers with other strides: nothing is copied");
    page.Show(a.T);
    page.Show((a.Strides, a.T.Strides, a.T.SharesArrayWith(a)));
    page.Show(a.Reshape(3, 2));                                             // the shape of the transpose, but not its order
    page.Show(a[.., (.., 2)]);                                              // every second column
    page.Show((a[.., (.., -1)], a[.., (.., -1)].Strides));                  // and backwards
    page.Show((x.Permute(2, 0, 1).Shape, x.Permute(2, 0, 1).Strides));
    page.Show(a.T.Reshape(6).SharesArrayWith(a));                           // no strides walk like this, so that it copies

    page.Section("Broadcasting: from the last axis on, sizes agree or one of them is 1, which repeats");
    page.Show(column = Tensor.From((4, 1), [0, 10, 20, 30]));
    page.Show(row = Tensor.Range(5));
    page.Show(column + row);
    page.Show(column.BroadcastTo((4, 5)).Strides);                          // a repeated axis has the stride 0
    page.Show(a - a.Mean(0));                                               // every column about its mean
    page.ShowRefused(() => a + row);

    page.Section("A reduction folds axes away");
    page.Show((a.Sum(), a.Sum(0), a.Sum(1)));

    page.Section("The matrix product: every row with every column");
    page.Show(b = Tensor.Of(new float[,] { { 1, 0 }, { 2, 1 }, { 0, 3 } }));
    page.Show(a.MatMul(b));
    page.Show((a[0] * b[.., 1]).Sum());                                     // its element (0, 1)
    page.Show(a[.., ..1] * b[..1] + a[.., 1..2] * b[1..2] + a[.., 2..] * b[2..]);  // the same product, as a sum of outer ones
    page.Show((a.MatMul(b).MatMul(v[..2]), a.MatMul(b.MatMul(v[..2]))));    // 16 multiplications and 12: the order is ours to choose

    page.Section("A batched product: the axes before the last two run along");
    page.Show(x.MatMul(Tensor.Ones((4, 5))).Shape);
    page.Show(x.MatMul(x.T)[1] == x[1].MatMul(x[1].T));

    page.Section("A layer on a batch is one product");
    (var p, batch) = (Init.Linear(key.Fold(0), inputs: 3, outputs: 2), key.Fold(1).Normal((4, 3)));
    page.Show(Linear(p, batch).Value);                                      // one row an example
    page.Show(Linear(p, batch[2]).Value);                                   // the third alone
    page.Show(Linear(p, batch).Value.IsClose(batch.MatMul(p.Weight.T) + p.Bias));

    page.Section("All heads of attention are one batched product: (B, T, C) is seen as (B, H, T, C/H)");
    Tensor Heads(Tensor t) => t.Reshape(2, 5, 3, 4).Permute(0, 2, 1, 3);
    (q, k, values) = (key.Fold(2).Normal((2, 5, 12)), key.Fold(3).Normal((2, 5, 12)), key.Fold(4).Normal((2, 5, 12)));
    page.Show((Heads(q).Shape, Heads(q).Strides, Heads(q).SharesArrayWith(q)));
    page.Show((weights = Softmax(Heads(q).MatMul(Heads(k).T) / Math.Sqrt(4)).Value).Shape);
    page.Show(weights[0, 1].MatMul(Heads(values)[0, 1]).IsClose(weights.MatMul(Heads(values))[0, 1]));

    page.Section($"A table is a matrix, and all correlations of its columns ({string.Join(", ", rows.Columns)}) are one product");
    page.Show((z = Standardizer.Of(rows.Matrix()).Apply(rows.Matrix())).Shape);
    var correlations = page.Show(z.T.MatMul(z) / z.Shape[0]);

    var layer = $"layer of {o.Width} × {4L * o.Width} weights";
    page.Section($"What it costs: a {layer} on a batch, and n × n matrices; a multiplication and its addition are one operation");
    var costs = Powers(o.Batch).Select(n => (Rows: n, Cost: Cost.Product(n, o.Width, 4.0 * o.Width))).ToList();
    o.Table(costs, ("rows in the batch", c => $"{c.Rows}"), ("operations", c => $"{c.Cost.Operations:N0}"),
        ("numbers moved", c => $"{c.Cost.Numbers:N0}"), ("operations a number", c => $"{c.Cost.Intensity:F2}"));
    page.Show(Cost.Product(1024, 1024, 1024).Intensity);
    page.Show(new Cost(1024 * 1024, 3 * 1024 * 1024).Intensity);            // a sum of two such matrices

    o.Save("tensors-broadcast.svg", Maps(column, row).Titled("Broadcasting: an axis of size 1 repeats"));
    o.Save("tensors-correlations.svg", Correlations(rows.Columns, correlations));
    o.Save("tensors-intensity.svg", Intensities(o.Width, [.. Enumerable.Range(0, 13).Select(i => 1 << i)]));
    o.PrintDropped(rows);
    o.Print($"For every number moved, a {layer} does {costs[0].Cost.Intensity:F1} operations on a row alone "
        + $"and {costs[^1].Cost.Intensity:F1} on {o.Batch} rows in one product.");
    return new { page.Lines, rows.Columns, Correlations = Enumerable.Range(0, rows.Columns.Length).Select(i => correlations[i].ToArray()),
        Costs = costs.Select(c => new { c.Rows, c.Cost.Operations, c.Cost.Numbers, c.Cost.Intensity }) };
});

record Options : TableOptions
{
    [Help("the columns to correlate; all of numbers when left out")] public ImmutableArray<string> Features { get; init; } = [];
    [Help("rows in the largest batch whose cost is counted"), AtLeast(1)] public int Batch { get; init; } = 1024;
    [Help("inputs of the layer whose cost is counted; it has four times as many outputs"), AtLeast(1)] public int Width { get; init; } = 768;
}

// A multiplication and its addition are one operation; every number is moved once, which is the least there can be.
record Cost(double Operations, double Numbers)
{
    public double Intensity => Operations / Numbers;
    public static Cost Product(double m, double k, double n) => new(m * k * n, m * k + k * n + m * n);
}

static IEnumerable<long> Powers(int most) => Enumerable.Range(0, 16).Select(i => 1L << (2 * i)).TakeWhile(n => n < most).Append(most);

static Figure Maps(Tensor column, Tensor row) => Chart.Grid(3,
    Map("column", column.BroadcastTo((4, 5))), Map("row", row.BroadcastTo((4, 5))), Map("column + row", column + row));

static Chart Map(string title, Tensor x) => Chart.Titled(title).HeatMap("", x.Shape[0], x.Shape[1], (i, j) => x.At(i, j));

static Chart Correlations(ImmutableArray<string> names, Tensor r) => Chart.Titled("Correlations: one product of a table with itself")
    .WithX(Axis.Categories("", names)).WithY(Axis.Categories("", names))
    .HeatMap("correlation", names.Length, names.Length, (i, j) => Math.Round(r.At(i, j), 4));

static Chart Intensities(int width, params int[] n) => Chart.Titled("How often a number that is moved gets used")
    .WithX(Axis.Log("rows in the batch, or n")).WithY(Axis.Log("operations a number"))
    .Line("n × n product", n, n.Select(n => Cost.Product(n, n, n).Intensity))
    .Line($"layer of {width} × {4L * width}", n, n.Select(n => Cost.Product(n, width, 4.0 * width).Intensity))
    .Line("n × n sum", n, n.Select(n => new Cost(n, 3 * n).Intensity));
