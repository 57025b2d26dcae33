namespace Functional.Llm;

/// <summary>How Llama 3's rotary positions reach beyond the context of their training: slow turns are made slower, fast ones stay, and in between one passes into the other (Grattafiori et al. 2024).</summary>
/// <remarks>With λ = 2π/ω places a turn: ω′ = ((1 − s)/factor + s) ω, s = (T₀/λ − low)/(high − low), at least 0 and at most 1.</remarks>
/// <param name="Factor">How many times slower the slowest turns are made.</param>
/// <param name="Low">What turns less often than this within the old context is made slower by the whole factor.</param>
/// <param name="High">What turns more often than this stays as it is; above <paramref name="Low"/>.</param>
/// <param name="Context">T₀, the places of the context before.</param>
public sealed record RotaryScaling(double Factor, double Low, double High, int Context)
{
    /// <summary>ω′ of ω, in radians a place.</summary>
    public double Scale(double frequency)
    {
        var turns = Context * frequency / Math.Tau;
        var kept = Math.Clamp((turns - Low) / (High - Low), 0, 1);
        return ((1 - kept) / Factor + kept) * frequency;
    }
}
