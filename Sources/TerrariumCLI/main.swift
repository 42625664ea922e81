print("terrarium")
