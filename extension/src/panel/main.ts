import "./ui";
