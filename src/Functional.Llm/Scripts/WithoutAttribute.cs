namespace Functional.Llm;

/// <summary>Options of the records that an options record derives from, of which it makes no use: they are unknown to its script, and not in its help.</summary>
/// <param name="names">The names of their properties.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class WithoutAttribute(params string[] names) : Attribute
{
    /// <summary>The names of the properties.</summary>
    public IReadOnlyList<string> Names => names;
}
