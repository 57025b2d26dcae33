namespace Functional.Llm;

/// <summary>A failure that the library foresaw: its message says what was wrong, what was expected and how to mend it.</summary>
/// <remarks>Programs show the message alone; any other exception is a defect and shows where it came from.</remarks>
public class FunctionalLlmException : Exception
{
    /// <summary>A failure without a message.</summary>
    public FunctionalLlmException()
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains.</summary>
    public FunctionalLlmException(string message) : base(message)
    {
    }

    /// <summary>A failure that <paramref name="message"/> explains, caused by <paramref name="innerException"/>.</summary>
    public FunctionalLlmException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
