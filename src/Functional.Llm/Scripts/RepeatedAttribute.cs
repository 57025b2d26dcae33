namespace Functional.Llm;

/// <summary>An option of texts that may be given several times, each time with one of them: they are taken as they stand, commas and all.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RepeatedAttribute : Attribute;
