namespace Functional.Llm;

/// <summary>The learning rate as a pure function of the step, ηₜ for t = 0, 1, …; a number is a rate that stays.</summary>
/// <remarks>
/// <c>new AdamW(1e-3)</c>, or <c>new AdamW(Schedule.WarmupCosine(1e-3, warmup: 100, steps: 5_000))</c>. Any other is a record with an
/// <see cref="At"/> of its own.
/// </remarks>
public abstract record Schedule
{
    /// <summary>ηₜ.</summary>
    public abstract double At(int step);

    /// <summary>The same rate at every step.</summary>
    /// <exception cref="FunctionalLlmException">The rate is not a number from 0 on.</exception>
    public static implicit operator Schedule(double rate) => new Constant(Rate("rate", rate));

    /// <summary>A straight line up to a peak, then half a cosine down: η = e + ½ (p − e)(1 + cos π (t − w)/(n − w)), and e from n on.</summary>
    /// <remarks>(Loshchilov and Hutter 2017)</remarks>
    /// <param name="peak">p, the highest rate, at step w.</param>
    /// <param name="warmup">w, the steps before that: η = s + (p − s) t/w (Goyal et al. 2017).</param>
    /// <param name="steps">n, the steps until the rate is at its end.</param>
    /// <param name="start">s, the rate of step 0, where there is a warm-up.</param>
    /// <param name="end">e, the rate of step n and all that follow.</param>
    /// <exception cref="FunctionalLlmException">A rate is not a number from 0 on, or there are not as many steps.</exception>
    public static Schedule WarmupCosine(double peak, int warmup, int steps, double start = 0, double end = 0) =>
        new Cosine(Rate("peak", peak), Steps(warmup, 0, steps), steps, Rate("start", start), Rate("end", end));

    /// <summary>A straight line up to a peak, the peak, and in the last steps a straight line down: η = p + (e − p)(t − n + d)/d, and e from n on.</summary>
    /// <remarks>(Hu et al. 2024)</remarks>
    /// <param name="peak">p, the highest rate, from step w to n − d.</param>
    /// <param name="warmup">w, the steps before that: η = s + (p − s) t/w.</param>
    /// <param name="decay">d, the steps of the way down.</param>
    /// <param name="steps">n, the steps until the rate is at its end.</param>
    /// <param name="start">s, the rate of step 0, where there is a warm-up.</param>
    /// <param name="end">e, the rate of step n and all that follow.</param>
    /// <exception cref="FunctionalLlmException">A rate is not a number from 0 on, or there are not as many steps.</exception>
    public static Schedule WarmupStableDecay(double peak, int warmup, int decay, int steps, double start = 0, double end = 0) =>
        new Trapezoid(Rate("peak", peak), Steps(warmup, decay, steps), decay, steps, Rate("start", start), Rate("end", end));

    /// <summary>A rate <paramref name="part"/> of <paramref name="whole"/> steps on the straight line from one to another.</summary>
    static double Line(double from, double to, int part, int whole) => from + (to - from) * part / whole;

    static double Rate(string name, double rate) => rate >= 0 && double.IsFinite(rate) ? rate
        : throw new FunctionalLlmException($"schedule: the {name} {rate:G4} is no learning rate. Pass a number from 0 on.");

    static int Steps(int warmup, int decay, int steps) => warmup >= 0 && decay >= 0 && (long)warmup + decay <= steps ? warmup
        : throw new FunctionalLlmException($"schedule: {steps:N0} steps do not hold {warmup:N0} of warm-up{(decay == 0 ? "" : $" and {decay:N0} of decay")}. "
            + "Pass numbers from 0 on, and as many steps as these together or more.");

    sealed record Constant(double Value) : Schedule
    {
        public override double At(int step) => Value;
    }

    sealed record Cosine(double Peak, int Warmup, int Length, double Start, double End) : Schedule
    {
        public override double At(int step) =>
            step < Warmup ? Line(Start, Peak, step, Warmup)
            : step < Length ? End + (1 + Math.Cos(Math.PI * (step - Warmup) / (Length - Warmup))) / 2 * (Peak - End)
            : End;
    }

    sealed record Trapezoid(double Peak, int Warmup, int Decay, int Length, double Start, double End) : Schedule
    {
        public override double At(int step) =>
            step < Warmup ? Line(Start, Peak, step, Warmup)
            : step < Length - Decay ? Peak
            : step < Length ? Line(Peak, End, step - (Length - Decay), Decay)
            : End;
    }
}
