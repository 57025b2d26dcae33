namespace Functional.Llm;

/// <summary>The numbers that an option accepts.</summary>
public abstract class LimitAttribute : Attribute
{
    /// <summary>Whether a value is accepted.</summary>
    public abstract bool Allows(double value);

    /// <summary>The accepted values in words, from a noun: "number" becomes "a positive number".</summary>
    public abstract string Words(string noun);
}

/// <summary>x &gt; 0.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PositiveAttribute : LimitAttribute
{
    /// <inheritdoc/>
    public override bool Allows(double value) => value > 0;

    /// <inheritdoc/>
    public override string Words(string noun) => $"a positive {noun}";
}

/// <summary>x ≥ <paramref name="least"/>.</summary>
/// <param name="least">The least value accepted.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AtLeastAttribute(double least) : LimitAttribute
{
    /// <summary>The least value accepted.</summary>
    public double Least => least;

    /// <inheritdoc/>
    public override bool Allows(double value) => value >= least;

    /// <inheritdoc/>
    public override string Words(string noun) => $"a {noun} of at least {least}";
}

/// <summary><paramref name="least"/> ≤ x ≤ <paramref name="most"/>.</summary>
/// <param name="least">The least value accepted.</param>
/// <param name="most">The greatest value accepted.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute(double least, double most) : LimitAttribute
{
    /// <summary>The least value accepted.</summary>
    public double Least => least;

    /// <summary>The greatest value accepted.</summary>
    public double Most => most;

    /// <inheritdoc/>
    public override bool Allows(double value) => value >= least && value <= most;

    /// <inheritdoc/>
    public override string Words(string noun) => $"a {noun} from {least} to {most}";
}
