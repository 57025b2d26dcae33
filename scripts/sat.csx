// Will this student be admitted? One logistic neuron, P(admitted) = σ(wx + b), learns it from SAT scores. Its notes: sat.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;
using LanguageExt;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

return Script.Run<Options>(Args, "Predicts college admission from a SAT score: logistic regression with one neuron.",
    "dotnet script scripts/sat.csx -- --score 1250", o =>
{
    var (scores, admitted) = o.Data is null ? FiveStudents : Read(o.Data);                      // (N, 1), (N, 1)
    var scaling = o.Raw ? Standardizer.None(1) : Standardizer.Of(scores);
    var x = scaling.Apply(scores);

    var neuron = Linear >> Sigmoid;                                                             // P(admitted) = σ(wx + b)
    var loss = (Linear.On(x) >> LogLoss(admitted)).Plus(L2Penalty<Tensor>(o.L2).At((LinearParameters θ) => θ.Weight));
    var start = Start(new LinearParameters(Weight: Tensor.Zeros((1, 1)), Bias: Tensor.Zeros(1)));
    var states = Enumerable.Range(0, o.Steps).Scan(start, (state, _) => state.Descend(new Sgd(o.Rate), loss)).ToList();

    var table = states.Where(s => s.Step == o.Steps || PowersOfTen.Contains(s.Step)).Select(s => Row.Of(s, loss, x, admitted, scaling)).ToList();
    o.Table(table, ("updates", r => $"{r.Updates}"), ("loss", r => $"{r.Loss:F6}"), ("w", r => $"{r.Weight:F5}"), ("b", r => $"{r.Bias:F5}"),
        ("boundary (points)", r => double.IsFinite(r.Boundary) ? $"{r.Boundary:0.00;-0.00;0.00}" : ""), ("accuracy", r => $"{r.Accuracy:P0}"));

    double Chance(double score) => neuron(states[^1].Parameters, scaling.Apply(Tensor.From((1, 1), [score]))).Value.Value;
    var (end, grid) = (table[^1], Tensor.Linspace(scores.Min().Value - 150, scores.Max().Value + 150, 200).ToArray());
    o.Save("sat.svg", Chart.Titled("Admission by SAT score").WithX("SAT score (points)").WithY("P(admitted)")
        .Line("σ(wx + b)", grid, grid.Select(g => Chance(g))).Scatter("students", scores.ToArray(), admitted.ToArray())
        .VerticalRule(end.Boundary, $"boundary {end.Boundary:F0}").ToSvg());
    o.Save("sat-loss.svg", Chart.Titled("Loss while training").WithX(Axis.Log("update")).WithY(Axis.Log("log-loss (nats)"))
        .Line("", states.Skip(1).Select(s => s.Step), states.Skip(1).Select(s => s.Loss)).ToSvg());

    double? probability = o.Score is { } asked ? Chance(asked) : null;
    var diagnosis = o.Raw ? Diagnose(o.Rate, [.. states.Skip(1).Select(s => (double)s.Loss)], end, Conditioning.Of(x)) : null;
    o.Print(diagnosis ?? (probability is { } p ? $"With {o.Score} points the chance of admission is {p:P1}."
        : $"From {end.Boundary:F0} points on, admission is likelier than not."));
    return new { end.Loss, end.Weight, end.Bias, end.Boundary, end.Accuracy, end.Updates, table, probability, diagnosis };
});

record Options : ScriptOptions
{
    [Help("a table with the columns score and admitted (0 or 1); five students when left out", "FILE")] public string? Data { get; init; }
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.1;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 10_000;
    [Help("strength λ of the penalty λ/2·w², which keeps w finite"), AtLeast(0)] public double L2 { get; init; }
    [Help("predict the chance of a student with this score", "POINTS")] public double? Score { get; init; }
    [Help("train on unscaled scores, and diagnose what happens")] public bool Raw { get; init; }
}

// What the table shows of a state: the boundary is the score at which wx + b = 0.
record Row(int Updates, double Loss, double Weight, double Bias, double Boundary, double Accuracy, double[] Probabilities)
{
    public static Row Of(TrainState<LinearParameters> s, Differentiable<LinearParameters, float> loss, Tensor x, Tensor admitted, Standardizer scaling)
    {
        var (w, b, chances) = ((double)s.Parameters.Weight.Value, (double)s.Parameters.Bias.Value, (Linear >> Sigmoid)(s.Parameters, x).Value.ToArray());
        var right = chances.Zip(admitted.ToArray(), (p, t) => p >= 0.5 == t > 0.5).Count(r => r);
        return new(s.Step, loss(s.Parameters).Value, w, b, scaling.Mean.Value - scaling.Deviation.Value * b / w, (double)right / x.Size, [.. chances.Select(p => (double)p)]);
    }
}

static readonly int[] PowersOfTen = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

static readonly (Tensor Scores, Tensor Admitted) FiveStudents =
    (Tensor.From((5, 1), [900.0, 1100, 1300, 1500, 1700]), Tensor.From((5, 1), [0.0, 0, 1, 1, 1]));

static (Tensor Scores, Tensor Admitted) Read(string file)
{
    var table = Table.Read(file).OrFail();
    var numbers = table.Numbers(["score", "admitted"]).OrFail();
    for (var i = 0; i < numbers.Rows; i++)
    {
        if (numbers[i, 1] is not (0 or 1))
            throw new FunctionalLlmException(table.Unfit(numbers.SourceRows[i], "admitted", "0 or 1", "write 1 for a student who was admitted, else 0").Message);
    }

    return (Tensor.From((numbers.Rows, 1), numbers.Column("score")), Tensor.From((numbers.Rows, 1), numbers.Column("admitted")));
}

static string Diagnose(double rate, double[] losses, Row end, Conditioning c)
{
    var seen = losses.Length > 0 && losses.Max() > 2 * losses[0]
        ? $"the loss rose from {losses[0]:F4} to {losses.Max():F2} and ended at {end.Loss:F2}: every step overshoots the minimum and lands higher on the other side, so training diverges"
        : $"the loss went from {Math.Log(2):F4} to {end.Loss:F4} in {end.Updates} updates, with {end.Accuracy:P0} right: training is stable, but it crawls";
    return $"""
        What was seen: {seen}.
        Why: unscaled scores curve the loss {c.Ratio:0.0e0} times as much in one direction of (w, b) as in the other. Steps are sure to be stable only below
        the rate 2/curvature = {c.LargestRate:0.00e0} (this run: {rate:0.00e0}), and at that rate the flat direction needs about {c.Ratio:0.0e0} updates.
        What to do: standardise the scores (leave out --raw); the ratio is then 1, and the rate 0.1 does.
        """;
}
