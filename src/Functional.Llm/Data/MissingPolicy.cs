namespace Functional.Llm;

/// <summary>What to do with a row that lacks a value in a column asked for.</summary>
public enum MissingPolicy
{
    /// <summary>Refuse the table, and say where the value is missing.</summary>
    Error,

    /// <summary>Leave the row out, and count it.</summary>
    Drop,
}
