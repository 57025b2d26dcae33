using static Functional.Llm.Layers;

namespace Functional.Llm.Benchmarks;

/// <summary>Single layers, forward and backward together, as PyTorch's are measured in the peer's script; and one update by AdamW.</summary>
static class LayersSuite
{
    public static void Run(Report report, int threads)
    {
        var x = Random((3072, 256));
        Memory(report, "softmax (3072, 256)", 5, Softmax, x, threads);

        var norm = new LayerNormParameters(Random(768), Random(768));
        Memory(report, "layer norm (1024, 768)", 5, x => Both(LayerNorm(norm, x)), Random((1024, 768)), threads);
        Memory(report, "rms norm (1024, 768)", 5, x => Both(RmsNorm()(new(norm.Gain), x)), Random((1024, 768)), threads);
        Memory(report, "gelu, tanh (1024, 3072)", 5, Gelu, Random((1024, 3072)), threads);
        Memory(report, "gelu, erf (1024, 3072)", 5, GeluErf, Random((1024, 3072)), threads);
        Memory(report, "silu (1024, 3072)", 5, Silu, Random((1024, 3072)), threads);
        Memory(report, "tanh (1024, 3072)", 5, Tanh, Random((1024, 3072)), threads);
        Memory(report, "log-softmax (3072, 256)", 5, LogSoftmax, x, threads);
        var bias = Random(3072);
        Memory(report, "bias (1024, 3072)", 3, x => (x + bias, dy => dy.SumTo(bias.Shape)), Random((1024, 3072)), threads);
        FullyConnected(report, threads);
        Attention(report, 4, 256, threads);
        Attention(report, 1, 1024, threads);
        var targets = Tokens.Of(256, [.. Enumerable.Range(0, 256).Select(i => i * 7919 % 50257)]);
        Memory(report, "cross entropy (256, 50257)", 3, z =>
        {
            var (loss, pull) = CrossEntropy(targets)(z);
            return (Tensor.Scalar(loss), dy => pull(1));
        }, Random((256, 50257)), threads);
        Update(report, "AdamW, 28.3M parameters", new AdamW(1e-4), 7, threads);
        Update(report, "SGD, 28.3M parameters", new Sgd(1e-4), 3, threads);
        report.Note("fork and join, all threads taking part", ForkAndJoin(threads), "microseconds");
    }

    /// <summary>Time, and the fraction of the memory's bandwidth, when every tensor is read or written once from memory.</summary>
    static void Memory(Report report, string name, int tensors, Differentiable<Tensor, Tensor> layer, Tensor x, int threads)
    {
        if (!report.Wants(name))
            return;
        var y = layer(x).Value;
        var dy = Random(y.Shape);
        var forward = Clock.Beside(() => layer(x), () => Limits.Copy(threads)).Seconds;
        var (seconds, copy) = Clock.Beside(() => layer(x).Pullback(dy), () => Limits.Copy(threads));
        report.Add(new(name, seconds * 1e3, "ms", 4.0 * tensors * x.Size / seconds / 1e9 / copy) { ForwardMs = forward * 1e3 });
    }

    static (Tensor, Pullback<Tensor, Tensor>) Both<P>((Tensor Value, Pullback<Tensor, (P Parameters, Tensor Input)> Pullback) layer) =>
        (layer.Value, dy => layer.Pullback(dy).Input);

    static void FullyConnected(Report report, int threads)
    {
        var (x, dy, p) = (Random((1024, 768)), Random((1024, 3072)), new LinearParameters(Random((3072, 768)), Random(3072)));
        Arithmetic(report, "linear (1024, 768) -> 3072", 6.0 * 1024 * 768 * 3072, () => Linear(p, x), layer => layer.Pullback(dy), threads);
    }

    /// <summary>Two products forward and five backward, each of the half of T × T that is seen.</summary>
    static void Attention(Report report, int batch, int places, int threads)
    {
        var (x, dy, attention) = (Random((batch, places, 3 * 768)), Random((batch, places, 768)), CausalAttention(12));
        Arithmetic(report, $"causal attention ({batch}, {places}, 3x768), 12 heads", 7.0 * batch * places * places * 768, () => attention(x), y => y.Pullback(dy), threads);
    }

    /// <summary>Time, and the fraction of the processor's peak.</summary>
    static void Arithmetic<R>(Report report, string name, double operations, Func<R> forward, Action<R> backward, int threads)
    {
        if (!report.Wants(name))
            return;
        var first = Clock.Beside(() => forward(), () => Limits.Peak(threads)).Seconds;
        var (seconds, peak) = Clock.Beside(() => backward(forward()), () => Limits.Peak(threads));
        report.Add(new(name, seconds * 1e3, "ms", operations / seconds / 1e9 / peak) { ForwardMs = first * 1e3 });
    }

    static void Update(Report report, string name, Optimizer rule, int tensors, int threads)
    {
        if (!report.Wants(name))
            return;
        const int Leaves = 12, Size = 768 * 3072;
        var arrays = Enumerable.Range(0, 4 * Leaves).Select(i => Random(Size).ToArray()).ToArray();
        var (seconds, copy) = Clock.Beside(() =>
        {
            for (var i = 0; i < arrays.Length; i += 4)
                rule.Update(new("", Size, 10), arrays[i], arrays[i + 1], 1, arrays[i + 2], arrays[i + 3]);
        }, () => Limits.Copy(threads));
        report.Add(new(name, seconds * 1e3, "ms", 4.0 * tensors * Leaves * Size / seconds / 1e9 / copy));
    }

    /// <summary>Microseconds from the call to the return, when every thread has to take a part: none ends before all have begun.</summary>
    static double ForkAndJoin(int threads) => 1e6 * Clock.Beside(() =>
    {
        var begun = 0;
        Workers.For(threads, _ =>
        {
            Interlocked.Increment(ref begun);
            while (Volatile.Read(ref begun) < threads)
                Thread.SpinWait(1);
        });
    }, () => 1).Seconds;

    // Non-negative and small, so that second moments are what they can be.
    static Tensor Random(Shape shape) => new Key(1).Uniform(shape, 0, 1);
}
