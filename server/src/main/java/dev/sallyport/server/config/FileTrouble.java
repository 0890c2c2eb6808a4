package dev.sallyport.server.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What is wrong with a file, in words: the exceptions of {@code java.nio.file} have only its name for a message. */
public final class FileTrouble {
    private FileTrouble() {}

    /** With the file's name, where the exception has one. */
    public static String of(IOException failure) {
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            return switch (file) {
                case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
                case AccessDeniedException denied -> denied.getFile() + ": permission denied";
                case FileAlreadyExistsException there -> there.getFile() + ": is there already, and is no directory";
                case NotDirectoryException plain -> plain.getFile() + ": is not a directory";
                default ->
                    file.getFile() + ": cannot be used (" + file.getClass().getSimpleName() + ")";
            };
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
