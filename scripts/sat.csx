// Will this student be admitted? One logistic neuron, P(admitted) = σ(wx + b), learns it from SAT scores. Its notes: sat.md.
#load "prelude.csx"
#nullable enable
using Functional.Llm;
using LanguageExt;
using static Functional.Llm.Layers;
using static Functional.Llm.Training;

return Script.Run<Options>(Args, "Predicts college admission from a SAT score, the columns score and admitted (0 or 1): one logistic neuron.",
    "dotnet script scripts/sat.csx -- --score 1250", o =>
{
    var students = o.Numbers(o.Read(Script.Beside("data/sat.csv")), ["score", "admitted"])
        .Where("admitted", t => t is 0 or 1, "0 or 1", "write 1 for a student who was admitted, else 0").Bind(n => n.WhereVary("score")).OrFail();
    var (scores, admitted) = (students.Matrix("score"), students.Matrix("admitted"));           // (N, 1), (N, 1)
    var scaling = o.Raw ? Standardizer.None(1) : Standardizer.Of(scores);
    var x = scaling.Apply(scores);

    var neuron = Linear >> Sigmoid;                                                             // P(admitted) = σ(wx + b)
    var loss = (Linear.On(x) >> LogLoss(admitted)).Plus(L2Penalty<Tensor>(o.L2).At((LinearParameters θ) => θ.Weight));
    var start = Start(new LinearParameters(Weight: Tensor.Zeros((1, 1)), Bias: Tensor.Zeros(1)));
    var states = Enumerable.Range(0, o.Steps).Scan(start, (state, _) => state.Descend(new Sgd(o.Rate), loss)).ToList();

    Row Of(TrainState<LinearParameters> s)
    {
        var (w, b, z) = ((double)s.Parameters.Weight.Value, (double)s.Parameters.Bias.Value, Linear(s.Parameters, x).Value);
        var boundary = scaling.Mean.Value - scaling.Deviation.Value * b / w;                    // where wx + b = 0
        return new(s.Step, loss(s.Parameters).Value, w, b, boundary, Confusion.Of(z, admitted).Accuracy(), Sigmoid(z).Value.ToArray());
    }

    var table = states.AtPowersOfTen(s => s.Step).Select(Of).ToList();
    var end = table[^1];
    o.PrintDropped(students);
    o.Table(table, ("updates", r => $"{r.Updates}"), ("loss", r => $"{r.Loss:F6}"), ("w", r => $"{r.Weight:F5}"), ("b", r => $"{r.Bias:F5}"),
        ("boundary (points)", r => double.IsFinite(r.Boundary) ? $"{r.Boundary:0.00;-0.00;0.00}" : ""), ("accuracy", r => $"{r.Accuracy:P0}"));

    double Chance(double score) => neuron(states[^1].Parameters, scaling.Apply(Tensor.From((1, 1), [score]))).Value.Value;
    var grid = Tensor.Linspace(scores.Min().Value - 150, scores.Max().Value + 150, 200).ToArray();
    var course = states.Skip(1);
    o.Save("sat.svg", Chart.Titled("Admission by SAT score").WithX("SAT score (points)").WithY("P(admitted)")
        .Line("σ(wx + b)", grid, grid.Select(g => Chance(g))).Scatter("students", scores.ToArray(), admitted.ToArray())
        .VerticalRule(end.Boundary, $"boundary {end.Boundary:F0}"));
    o.Save("sat-loss.svg", Chart.Titled("Loss while training").WithX(Axis.Log("update")).WithY(Axis.Log("log-loss (nats)"))
        .Line("", course.Select(s => s.Step), course.Select(s => s.Loss)));

    double? probability = o.Score is { } asked ? Chance(asked) : null;
    var diagnosis = o.Raw ? Conditioning.Of(x).Diagnosis("scores", o.Rate, [.. course.Select(s => (double)s.Loss), end.Loss], end.Accuracy) : null;
    o.Print(diagnosis ?? (probability is { } p ? $"With {o.Score} points the chance of admission is {p:P1}."
        : !double.IsFinite(end.Boundary) ? $"After {end.Updates} updates no score has more chances than another yet."
        : $"{(end.Weight > 0 ? "From" : "Up to")} {end.Boundary:F0} points{(end.Weight > 0 ? " on" : "")}, admission is likelier than not."));
    return new { end.Loss, end.Weight, end.Bias, end.Boundary, end.Accuracy, end.Updates, table, probability, diagnosis };
});

record Row(int Updates, double Loss, double Weight, double Bias, double Boundary, double Accuracy, float[] Probabilities);

record Options : TableOptions
{
    [Help("learning rate"), Positive] public double Rate { get; init; } = 0.1;
    [Help("updates of gradient descent"), AtLeast(0)] public int Steps { get; init; } = 10_000;
    [Help("strength λ of the penalty λ/2·w², which keeps w finite"), AtLeast(0)] public double L2 { get; init; }
    [Help("predict the chance of a student with this score", "POINTS")] public double? Score { get; init; }
    [Help("train on unscaled scores, and diagnose what happens")] public bool Raw { get; init; }
}
