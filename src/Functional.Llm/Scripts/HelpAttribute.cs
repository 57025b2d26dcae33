namespace Functional.Llm;

/// <summary>What <c>--help</c> says of an option.</summary>
/// <param name="text">What the option means, in a few words.</param>
/// <param name="value">The name of its value, such as FILE; otherwise X for a number, N for a whole one, TEXT, LIST, or the choices.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HelpAttribute(string text, string? value = null) : Attribute
{
    /// <summary>What the option means, in a few words.</summary>
    public string Text => text;

    /// <summary>The name of its value, or null for the usual one.</summary>
    public string? Value => value;
}
